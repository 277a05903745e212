"""Scripts import it beside what they use."""
