"""What Spotify's terms say about learning from its data, and what the listener is asked."""

from typing import Final

__all__ = ["TRAINING_QUESTION", "TRAINING_TERMS"]

TRAINING_TERMS: Final = (
    "What Spotify's terms say. The Spotify Developer Terms (version 10, 15 May 2025) and the "
    "Developer Policy that belongs to them do not allow what comes from the Web API to be used to "
    "train a machine learning or AI model, or to be put into one in another way. Parts that "
    "partsong learns are such a model, however small, and even though it stays on your machine.\n"
    "\n"
    "So fit, choose-k, update --refresh and evaluate leave out tracks, and values, that only your "
    "account has given, until you have agreed to answer for it. They are kept all the same: listed, "
    "searched, and placed in a model that was learned from other tracks, which is no training as "
    "we read the terms. Your own data export and other files are not meant here: a track that one "
    "of them names too is learned from.\n"
)

TRAINING_QUESTION: Final = "May partsong learn parts from what comes from your Spotify account?"
