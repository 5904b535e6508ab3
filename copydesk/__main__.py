"""``python -m copydesk`` is the ``copydesk`` command: how our own child processes are started."""

from copydesk.cli import main

if __name__ == "__main__":
    main()
