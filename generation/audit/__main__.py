"""`python -m generation.audit FOLDER`: the figures of our rules, kind by kind; needs no"
" database."""

from __future__ import annotations

import sys
from pathlib import Path

from generation.audit.corpus import load_corpus
from generation.audit.judging import find_in
from generation.audit.scoring import is_good_enough, table


def main(arguments: list[str]) -> int:
    """Precision and recall of each kind; 1 where they are not what they must be."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("say which folder holds the corpus: tests/corpus\n")
        return 2
    judged = [(case, find_in(case)) for case in load_corpus(Path(arguments[0]))]
    sys.stdout.write("precision, recall and the number of flaws\n")
    sys.stdout.write("\n".join(table(judged)) + "\n")
    return 0 if is_good_enough(judged) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
