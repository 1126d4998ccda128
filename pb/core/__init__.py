"""Pure rules of the contest: standard library only, no clock, no unseeded randomness, no floating point."""
