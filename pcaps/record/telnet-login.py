#!/usr/bin/env python3
"""What telnetd runs in place of login: asks for a name and a password, then is a very small shell."""
import os
import signal
import sys
import termios
import time

PASSWORDS = {"alice": "fog-horn-1912", "bob": "two-bells-past"}
FILES = {
    "tides.txt": "Monday    07:12 and 19:40\nTuesday   08:01 and 20:26",
    "ships.txt": "Alpha, Bravo and the Möwe are in.",
}


def ask(prompt, echo=True):
    sys.stdout.write(prompt)
    sys.stdout.flush()
    before = termios.tcgetattr(0)
    if not echo:
        quiet = termios.tcgetattr(0)
        quiet[3] &= ~termios.ECHO
        termios.tcsetattr(0, termios.TCSAFLUSH, quiet)
    try:
        line = sys.stdin.readline()
    finally:
        termios.tcsetattr(0, termios.TCSANOW, before)
    if not echo:
        print(flush=True)
    if not line:
        sys.exit()
    return line.rstrip("\n")


def login():
    print("\nHarbour office, terminal 7\n")
    for _ in range(3):
        name = os.environ.pop("USER", None) or ask("harbour login: ")
        if ask("Password: ", echo=False) == PASSWORDS.get(name):
            return name
        time.sleep(0.5)
        print("Login incorrect\n")
    print("Goodbye.")
    sys.exit(1)


def run(command, words):
    if command == "ls":
        print("\033[01;34m" + "  ".join(FILES) + "\033[0m")
    elif command == "cat" and words and words[0] in FILES:
        print(FILES[words[0]])
    elif command == "stty":
        size = os.get_terminal_size(0)
        print(f"{os.environ.get('TERM', '?')}, {size.columns} columns, {size.lines} rows")
    elif command == "sleep":
        time.sleep(float(words[0]))
    elif command == "passwd":
        ask("Current password: ", echo=False)
        ask("New password: ", echo=False)
        print("passwd: password updated")
    elif command:
        print(f"{command}: not found")


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGQUIT, signal.SIG_IGN)
    name = login()
    print("Last login: Sat Nov 21 17:02:44 on terminal 3")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    while True:
        try:
            command, *words = ask(f"{name}@harbour:~$ ").split() or [""]
            if command in ("exit", "logout"):
                print("logout")
                return
            run(command, words)
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
