"""Who talks to people: the terminal studio and the `mintmark` command.

frontend.py     the interface between a front end and the rest: an actor in, messages out
desk.py         takes commands, buttons and words, has them done, answers in messages
presenters/     what the output of each tool looks like as a message
scene.py        for whom a message is written, and what they may do next
following.py    work that goes on after the answer, and how far it is
notices.py      news of what others did
options.py      the options of a command; suggestions.py: values for them
terminal/       the terminal studio, a front end
demo/           the story that `mintmark demo` plays
doctor.py       what is wrong with the configuration, and how to mend it
cli.py          the `mintmark` command; commands/: what each of its commands does
"""
