"""How the snapshots in data/harvest/ were made of what others have published."""
