"""In which encoding a text file is written: the whole file is asked, not only its beginning."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from clients.imports.errors import ImportFileError

BLOCK = 1024 * 1024
_USUAL = re.compile("[А-яЁё№«»„“”‘’–—…•·°±€₽©®™§\u00a0]")
_WORD = re.compile("[А-яЁё]{2,}")
_SWAPPED = re.compile("[а-яё][А-ЯЁ]")
# Shares of a sample: properties of written Russian, not rules of the business.
_MIN_USUAL = 0.9
_MAX_SWAPPED = 0.3


def find_encoding(open_bytes: Callable[[], Any]) -> str:
    """UTF-8 when every byte of the file is, else windows-1251 when that reads as Russian. ImportFileError."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    sample = b""
    for number, block in enumerate(_blocks(open_bytes)):
        if number == 0:
            _refuse_what_is_no_text(block)
            if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16"
        try:
            decoder.decode(block)
        except UnicodeDecodeError:
            sample = block
            break
    if not sample:
        if _ends_well(decoder):
            return "utf-8-sig"
        raise _unknown_encoding()
    _refuse_what_is_not_russian(sample)
    return "cp1251"


def _blocks(open_bytes: Callable[[], Any]) -> Iterator[bytes]:
    file = open_bytes()
    try:
        while block := file.read(BLOCK):
            yield block
    finally:
        file.close()


def _ends_well(decoder: codecs.IncrementalDecoder) -> bool:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_what_is_no_text(block: bytes) -> None:
    if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    zeros, controls = block.count(0), sum(block.count(byte) for byte in (*range(1, 9), *range(14, 32)))
    if zeros > len(block) / 10 or controls > len(block) / 50:
        raise ImportFileError(_("This is not a table: the file has the contents of something else."))


def _refuse_what_is_not_russian(block: bytes) -> None:
    """KOI8-R, cp866 or a broken UTF-8 would come in as gibberish: better no data than spoilt data."""
    text = block.decode("cp1251", "replace")
    strange = [sign for sign in text if sign > "\x7f"]
    usual = sum(bool(_USUAL.match(sign)) for sign in strange)
    words, swapped = len(_WORD.findall(text)), len(_SWAPPED.findall(text))
    if usual < len(strange) * _MIN_USUAL or swapped > words * _MAX_SWAPPED:
        raise _unknown_encoding()


def _unknown_encoding() -> ImportFileError:
    return ImportFileError(
        _("The encoding of the file could not be determined: save it as UTF-8 or windows-1251.")
    )
