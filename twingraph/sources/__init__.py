"""What stands outside, read into records: one module an origin."""
