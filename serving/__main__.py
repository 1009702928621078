"""`python -m serving run …`: Rasa's own command, without the work that Rasa repeats in every turn."""

from rasa.__main__ import main

from serving import quick

if __name__ == "__main__":
    quick.install()
    main()
