"""Scripts import it beside what they use; the job has started them already."""
