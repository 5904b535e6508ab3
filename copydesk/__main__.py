"""The ``copydesk`` command, also as ``python -m copydesk``: how our own child processes are started."""

import sys

INTERRUPTED = 130
"""What a shell reports for a command that Ctrl-C has ended: 128 + SIGINT."""


def main() -> None:
    """Run the command line; Ctrl-C while it is still being imported ends it without a traceback."""
    try:
        from copydesk.cli import main as run  # noqa: PLC0415 - half a second of imports

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
