"""The rights of an ordinary user, for tests that run as root too, who otherwise may write to any file."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

VERSION = 0x20080522
"""Of Linux's capability interface, with two words for each set (capget(2))."""
OVERRIDES = 1 << 1 | 1 << 2
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: doing as one likes whatever a file's permissions say."""
PR_GET_SECUREBITS, PR_SET_SECUREBITS = 27, 28
NO_SETUID_FIXUP = 1 << 2
"""With it access(2) goes by what is effective for root too (capabilities(7))."""


@contextmanager
def ordinary_rights() -> Iterator[None]:
    """Inside, this thread keeps to the permissions of files. Changes nothing for a user who has to anyway."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(VERSION, 0)
    # Effective, permitted, inheritable: the first word of each, then the second.
    sets = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0, os.strerror(ctypes.get_errno())
    effective, secure = sets[0], libc.prctl(PR_GET_SECUREBITS)
    try:
        assert libc.prctl(PR_SET_SECUREBITS, secure | NO_SETUID_FIXUP) == 0, os.strerror(ctypes.get_errno())
        sets[0] = effective & ~OVERRIDES
        assert libc.capset(header, sets) == 0, os.strerror(ctypes.get_errno())
        yield
    finally:
        libc.prctl(PR_SET_SECUREBITS, secure)
        sets[0] = effective
        assert libc.capset(header, sets) == 0, os.strerror(ctypes.get_errno())
