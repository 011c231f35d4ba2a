"""What curators write, read into records: the registers and the source files."""
