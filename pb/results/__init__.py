"""The count, its publication, and the data with which anybody can redo it."""
