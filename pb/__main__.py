"""``python -m pb``: hands over to the commands, and nothing else."""

import sys

from pb.commandline import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
