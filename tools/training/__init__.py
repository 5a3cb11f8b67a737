"""How the pictures are learned: the data set, the house model, its fine-tunes, the trait reader."""
