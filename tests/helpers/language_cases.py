"""Which language a reader gets: the cases that code, notice and WordPress plugin must judge alike."""

NORWEGIAN_FIRST = ("nb", "en")
ENGLISH_FIRST = ("en", "nb")
NORWEGIAN_ALONE = ("nb",)
WITH_NYNORSK = ("nb", "nn", "en")
NYNORSK_FIRST = ("nn", "en")

# The languages of a site in its order, the reader's tag or locale, and the language that the reader gets.
LANGUAGE_CASES = [
    (NORWEGIAN_FIRST, "nb", "nb"),
    (NORWEGIAN_FIRST, "nb-NO", "nb"),
    (NORWEGIAN_FIRST, "nb_NO", "nb"),
    (NORWEGIAN_FIRST, "NB", "nb"),
    (NORWEGIAN_FIRST, "no", "nb"),
    (NORWEGIAN_FIRST, "no_NO.UTF-8", "nb"),
    (NORWEGIAN_FIRST, "nn", "nb"),
    (NORWEGIAN_FIRST, "nn_NO", "nb"),
    (NORWEGIAN_FIRST, "en_US", "en"),
    (NORWEGIAN_FIRST, "en-GB", "en"),
    (NORWEGIAN_FIRST, "de", "en"),
    (NORWEGIAN_FIRST, "de_DE_formal", "en"),
    (NORWEGIAN_FIRST, "nbx", "en"),
    (NORWEGIAN_FIRST, "constructor", "en"),
    (NORWEGIAN_FIRST, "*", "en"),
    (ENGLISH_FIRST, "nn_NO", "nb"),
    (ENGLISH_FIRST, "no", "nb"),
    (ENGLISH_FIRST, "de-AT", "en"),
    (NORWEGIAN_ALONE, "en_GB", "nb"),
    (NORWEGIAN_ALONE, "nn", "nb"),
    (WITH_NYNORSK, "nn_NO", "nn"),
    (WITH_NYNORSK, "nn", "nn"),
    (WITH_NYNORSK, "nb-NO", "nb"),
    (WITH_NYNORSK, "no", "nb"),
    (WITH_NYNORSK, "sv_SE", "en"),
    (NYNORSK_FIRST, "nb_NO", "nn"),
    (NYNORSK_FIRST, "no", "nn"),
    (NYNORSK_FIRST, "en_AU", "en"),
]
