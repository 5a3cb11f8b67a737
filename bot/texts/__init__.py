"""What the studio says, in the languages it speaks.

English stands where it is said, as a template with named facts; translations stand beside this
file, one catalogue in gettext's format for each language. What has no translation is said in
English. After a sentence was changed, `python -m bot.texts.collect` brings the catalogues up to
date.

words.py        saying something to a person
catalogue.py    reading a catalogue
retelling.py    saying again what the studio keeps in English, such as why a mint failed
mentions.py     the names of commands that a sentence mentions
templates.py    what there is to translate: templates, found in the source
vocabulary.py   and words and names that stand in no sentence
collect.py      the command
"""

from bot.texts.words import Words, words_for

__all__ = ["Words", "words_for"]
