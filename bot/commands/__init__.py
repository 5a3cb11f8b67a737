"""What the `mintmark` command does, one file for each of its commands."""
