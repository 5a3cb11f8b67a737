"""Who talks to people: the front ends and the `mintmark` command."""
