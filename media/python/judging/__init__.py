"""What can be told of a script that is not run."""
