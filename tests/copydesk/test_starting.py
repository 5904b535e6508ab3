"""The first half second of a command."""

import sys
from types import ModuleType

import pytest

from copydesk.__main__ import INTERRUPTED, main


class _Interrupted(ModuleType):
    """A module in whose import Ctrl-C comes."""

    def __getattr__(self, name: str) -> object:
        raise KeyboardInterrupt


def test_ctrl_c_while_the_command_is_imported_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends as any command ends at Ctrl-C."""
    monkeypatch.setitem(sys.modules, "copydesk.cli", _Interrupted("copydesk.cli"))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == INTERRUPTED
