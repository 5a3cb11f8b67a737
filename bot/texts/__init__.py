"""What the studio says, in the languages it speaks.

English stands where it is said, as a template with named facts; translations stand beside this
file, one catalogue for each language. What has no translation is said in English.
"""

from bot.texts.words import Words

__all__ = ["Words"]
