"""The worked-out application that grows from one or more ideas."""
