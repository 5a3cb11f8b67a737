"""What can be done: one folder per craft, every action behind the one door."""
