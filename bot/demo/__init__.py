"""The demo: one story of the studio, from two prompts to tokens that anyone can verify.

    story.py    what happens, scene by scene
    stage.py    who is in it, and their terminals on one screen
    proof.py    what anybody can check afterwards

Everybody in it types what anybody could type; the desk, the door and the workflows are those of
every front end. What they leave behind is an ordinary data folder, in which the story can be
carried on, or played again.
"""
