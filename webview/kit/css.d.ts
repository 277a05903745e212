// A stylesheet is imported for its effect: the bundler writes it beside the panel's script.
declare module '*.css';
