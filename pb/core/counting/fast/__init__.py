"""The same counting over machine numbers with numpy: for large elections; never the judge of a comparison."""
