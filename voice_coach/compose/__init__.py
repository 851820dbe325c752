"""The composition root: configuration in, a rehearsal or an analysis ready to run out."""
