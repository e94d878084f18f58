"""What can be typed: every command and its options. Knows no Django, so that help is instant."""

import argparse
from collections.abc import Callable

from keepwell.cli import reasons

DESCRIPTION = "Self-hosted software for patients' data, on safeguards that can be proven."
OWNER_HELP = (
    "on PostgreSQL: postgresql://owner:password@host:port, the role that owns the tables (or set "
    "KEEPWELL_OWNER_DATA_DB, KEEPWELL_OWNER_TRAIL_DB, KEEPWELL_OWNER_KEYS_DB)"
)
NETWORKS = "Look at an organisation's allowed networks, or open them when they shut everybody out."
EPILOG = (
    "Settings are environment variables (docs/reference/settings.md); the data folder is "
    "$KEEPWELL_HOME. Exit status: 0 done, 1 failed, 2 used wrongly."
)


def build() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(prog="keepwell", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument(
        "--traceback", action="store_true", help="show where a fault of ours happened"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    every = (
        *(_init, _serve, _demo, _verify, _trail, _database, _keys, _shell, _routes),
        *(_version, _doctor, _jobs, _mail, _organisation, _access, _alerts),
    )
    for add in every:
        add(_adder(commands))
    return parser


Adder = Callable[[str, str], argparse.ArgumentParser]


def _adder(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> Adder:
    def add(name: str, sentence: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=sentence, description=sentence)

    return add


def _init(add: Adder) -> None:
    command = add(
        "init", "Make the data folder, keys, certificate and databases, or bring them up to date."
    )
    command.add_argument("--owner-url", metavar="URL", help=OWNER_HELP)
    reasons.require_of_upgrade(command)


def _serve(add: Adder) -> None:
    command = add(
        "serve", "Serve over HTTPS until interrupted; make the installation first if there is none."
    )
    command.add_argument(
        "--as-service",
        action="store_true",
        help="print no secret, since others read a service's log: make no installation and no "
        "set-up link (keepwell init does both)",
    )


def _demo(add: Adder) -> None:
    command = add("demo", "Serve a demonstration clinic with made-up people on this machine only.")
    command.add_argument(
        "--json", action="store_true", help="print addresses, accounts and forms as JSON"
    )
    command.add_argument("--no-serve", action="store_true", help="load the clinic and end")


def _verify(add: Adder) -> None:
    command = add(
        "verify", "Prove that the trail is whole; name the first bad position if it is not."
    )
    command.add_argument(
        "--organisation", metavar="X", help="its id or name; all of them if not given"
    )


def _trail(add: Adder) -> None:
    acts = add("trail", "Work with the trail.").add_subparsers(
        dest="act", metavar="ACT", required=True
    )
    sentence = "Write the trail with a verifier that needs no Keepwell and no key, or as lines."
    command = acts.add_parser("export", help=sentence, description=sentence)
    command.add_argument("--organisation", metavar="X", required=True, help="its id or name")
    command.add_argument(
        "--out", metavar="PATH", required=True, help="a new or empty folder; with lines a new file"
    )
    command.add_argument(
        "--format",
        choices=("tree", "jsonl", "csv"),
        default="tree",
        help="tree: hashes, to be checked (if not given); jsonl, csv: what entries say",
    )
    reasons.require(command)
    sentence = "Say how far each log has come, what waits to be written, what is kept elsewhere."
    acts.add_parser("status", help=sentence, description=sentence)
    sentence = "Declare that the trail was knowingly put back to an older state; that is recorded."
    command = acts.add_parser("restored", help=sentence, description=sentence)
    command.add_argument("--organisation", metavar="X", help="its id or name; all if not given")
    reasons.require(command)
    sentence = "Set for how many years what the trail says is kept: six at least."
    command = acts.add_parser("keep", help=sentence, description=sentence)
    command.add_argument("--organisation", metavar="X", required=True, help="its id or name")
    command.add_argument("--years", metavar="N", type=int, required=True, help="6 to 100")
    reasons.require(command)


def _shell(add: Adder) -> None:
    sentence = "Python over the records, sealed until a reason is given, which is on the trail."
    command = add("shell", sentence)
    command.add_argument(
        "--organisation", metavar="X", help="its id or name; not needed where there is one"
    )


def _keys(add: Adder) -> None:
    acts = add("keys", "See how keys stand, and replace them while all is in use.").add_subparsers(
        dest="act", metavar="ACT", required=True
    )
    status = _act(acts, "status", "Say how keys stand and what is under way.")
    status.add_argument("--json", action="store_true", help="print it as JSON")
    rotate = _act(acts, "rotate", "Make a new organisation key or root key.")
    rotate.add_argument(
        "--root", action="store_true", help="a new root key takes over from the present one"
    )
    rewrap = _act(acts, "rewrap", "Bring every key under the newest organisation key.")
    reindex = _act(acts, "reindex", "Make a new key for search indexes, or say how far one is.")
    sentence = "Print the root key again, to be kept on paper."
    escrow = acts.add_parser("escrow", help=sentence, description=sentence)
    for command in (rotate, escrow):
        _may_be_confirmed(command)
    for command in (rotate, rewrap, reindex, escrow):
        reasons.require(command)
    sentence = "Print the certificate of the erasure of a person, or of a whole organisation."
    certificate = _act(acts, "certificate", sentence)
    certificate.add_argument(
        "--person", metavar="ID", help="the id that the person had; without: the organisation's"
    )
    certificate.add_argument("--json", action="store_true", help="print it as JSON")


def _act(
    acts: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    sentence: str,
) -> argparse.ArgumentParser:
    command = acts.add_parser(name, help=sentence, description=sentence)
    command.add_argument(
        "--organisation", metavar="X", help="its id or name; all of them if not given"
    )
    return command


def _may_be_confirmed(command: argparse.ArgumentParser) -> None:
    command.add_argument("--yes", action="store_true", help="do not ask")


def _database(add: Adder) -> None:
    acts = add("database", "Work with the databases on PostgreSQL.").add_subparsers(
        dest="act", metavar="ACT", required=True
    )
    sentence = "Make databases, roles, row-level security and rights, as the owner; repeatable."
    command = acts.add_parser("setup", help=sentence, description=sentence)
    command.add_argument("--owner-url", metavar="URL", help=OWNER_HELP)
    command.add_argument(
        "--print-sql", action="store_true", help="only print the statements, for psql"
    )


def _routes(add: Adder) -> None:
    command = add("routes", "List every route and who may use it.")
    command.add_argument(
        "--json", action="store_true", help="print method, path, permission and surface"
    )


def _version(add: Adder) -> None:
    add("version", "Print the version.")


def _doctor(add: Adder) -> None:
    command = add("doctor", "Check folder, keys, databases, certificate, trail and clock.")
    command.add_argument(
        "--serving", action="store_true", help="ask the server that runs here too: is it ready?"
    )


def _jobs(add: Adder) -> None:
    command = add("jobs", "Look at work that is done later, decide about it, or do it.")
    acts = command.add_subparsers(dest="act", metavar="ACT", required=True)
    sentence = "List jobs, newest first; what the clock does and went well only with --state."
    command = acts.add_parser("list", help=sentence, description=sentence)
    states = ("waiting", "running", "done", "dead", "cancelled")
    command.add_argument("--state", choices=states, help="only jobs in this state")
    command.add_argument("--limit", type=int, default=50, metavar="N", help="at most; 50")
    for act, sentence in (
        ("show", "Show one job: ids, tries, steps and why it failed."),
        ("cancel", "Cancel a job that waits; ask one that runs to stop at its next step."),
        ("retry", "Try a job again that failed or was cancelled, from its last step."),
    ):
        command = acts.add_parser(act, help=sentence, description=sentence)
        command.add_argument("job", metavar="ID", help="the id of the job")
        if act != "show":
            reasons.require(command)
    sentence = "Do jobs in this process until interrupted, beside those that keepwell serve does."
    command = acts.add_parser("run", help=sentence, description=sentence)
    command.add_argument("--until-idle", action="store_true", help="end when nothing is due")


def _mail(add: Adder) -> None:
    command = add("mail", "See how mail leaves, and try it.")
    acts = command.add_subparsers(dest="act", metavar="ACT", required=True)
    sentence = "Say through which server mail leaves and how many messages wait."
    acts.add_parser("status", help=sentence, description=sentence)
    sentence = "Send a test letter while you wait, and say what the mail server answered."
    command = acts.add_parser("test", help=sentence, description=sentence)
    command.add_argument("address", metavar="ADDRESS", help="where to")


def _organisation(add: Adder) -> None:
    acts = add("organisation", "Decide about a whole organisation.").add_subparsers(
        dest="act", metavar="ACT", required=True
    )
    sentence = "Destroy an organisation's keys and delete all it has; asks, and cannot be undone."
    command = acts.add_parser("erase", help=sentence, description=sentence)
    command.add_argument("--organisation", metavar="X", required=True, help="its id or name")
    reasons.require(command)


def _access(add: Adder) -> None:
    acts = add("access", "Ways back in from the server, and who may what.").add_subparsers(
        dest="act", metavar="ACT", required=True
    )
    _access_networks(acts.add_parser("networks", help=NETWORKS, description=NETWORKS))
    sentence = "Replace the second step of an owner who lost phone and recovery codes."
    steps = acts.add_parser("second-factor", help=sentence, description=sentence)
    sentence = "Print a link for a new second step: once, for an hour, with the password only."
    reset = steps.add_subparsers(dest="step", metavar="STEP", required=True).add_parser(
        "reset", help=sentence, description=sentence
    )
    reset.add_argument("--email", metavar="ADDRESS", required=True, help="of the account")
    reasons.require(reset)
    sentence = "Print which role holds which permission."
    matrix = acts.add_parser("matrix", help=sentence, description=sentence)
    matrix.add_argument("--json", action="store_true", help="print it as JSON")
    matrix.add_argument(
        "--probe",
        action="store_true",
        help="ask the running system, by a scratch organisation that is erased again, and print "
        "what differs",
    )


def _access_networks(command: argparse.ArgumentParser) -> None:
    steps = command.add_subparsers(dest="step", metavar="STEP", required=True)
    sentence = "List the networks that an organisation's members may come from."
    show = steps.add_parser("show", help=sentence, description=sentence)
    sentence = "Suspend the list, so that members may come in from anywhere; nothing of it is lost."
    opening = steps.add_parser("open", help=sentence, description=sentence)
    for step in (show, opening):
        step.add_argument("--organisation", metavar="X", required=True, help="its id or name")
    reasons.require(opening)


def _alerts(add: Adder) -> None:
    acts = add("alerts", "See what alerted, and test that every rule does.").add_subparsers(
        dest="act", metavar="ACT", required=True
    )
    command = _act(acts, "list", "List open alerts: id, when it was last, rule, how much, account.")
    command.add_argument("--all", action="store_true", help="those acknowledged, too")
    sentence = (
        "Meet each rule by its real cause in a scratch organisation, and show that a normal day "
        "meets none; the organisation is erased afterwards."
    )
    acts.add_parser("test", help=sentence, description=sentence)
