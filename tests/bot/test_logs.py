"""Logs go to standard error; what libraries report there is a line, not a traceback."""

import logging

import pytest

from bot.logs import set_up_logs


def _report_a_failure() -> None:
    try:
        raise OSError("the disk is full\nand more about it")
    except OSError:
        logging.getLogger("a.library").exception("It failed:")


@pytest.mark.parametrize(("level", "traced"), [("warning", False), ("debug", True)])
def test_a_library_s_error_is_traced_only_at_the_level_debug(
    level: str, traced: bool, capsys: pytest.CaptureFixture[str]
):
    before = logging.getLogger().handlers[:]
    set_up_logs(level)
    _report_a_failure()
    logging.basicConfig(handlers=before, force=True)
    shown = capsys.readouterr().err
    assert "the disk is full" in shown
    assert ("Traceback" in shown) is traced
