"""A Slurm of one node in a temporary folder: munged, slurmctld and slurmd, started by hand.

Debian's packages are enough (scripts/setup --cluster); nothing of the machine's own Slurm is used
or touched: ports, keys, state and logs are its own. Needs root, as slurmd does.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .program import wait_until

DAEMONS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "squeue", "scancel")

CONFIG = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
KillWait=5
MaxArraySize=1001
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=16000 State=UNKNOWN
PartitionName=short Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> str:
    """Why there can be no Slurm here; empty where there can."""
    absent = [name for name in DAEMONS if not shutil.which(name, path=search_path())]
    if absent:
        return f"no {', '.join(absent)}: scripts/setup --cluster installs Slurm for this test"
    return "" if os.geteuid() == 0 else "slurmd needs root"


def search_path() -> str:
    return os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Cluster:
    """Begins with its daemons; stop() ends them."""

    def __init__(self, cpus: int = 4) -> None:
        # A socket's path may have 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp"))
        self.folder.chmod(0o755)
        for name in ("state", "spool"):
            (self.folder / name).mkdir(mode=0o755)
        self.config = self.folder / "slurm.conf"
        self.config.write_text(
            CONFIG.format(
                host=socket.gethostname().split(".")[0],
                folder=self.folder,
                cpus=cpus,
                controller_port=free_port(),
                node_port=free_port(),
            )
        )
        self.environment = os.environ | {"SLURM_CONF": str(self.config), "PATH": search_path()}
        self.daemons: list[subprocess.Popen[bytes]] = []
        try:
            self.start()
        except BaseException:
            self.stop()
            raise

    def start(self) -> None:
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        socket_path = self.folder / "munge.socket"
        names = {"key-file": key, "socket": socket_path}
        for name in ("log-file", "pid-file", "seed-file"):
            names[name] = self.folder / f"munge.{name}"
        self.begin("munged", "--foreground", "--force", *(f"--{n}={p}" for n, p in names.items()))
        wait_until(socket_path.exists, "munged's socket", seconds=20)
        self.begin("slurmctld", "-D", "-c")
        self.begin("slurmd", "-D", "-c")
        wait_until(lambda: "idle" in self.call("sinfo", "-h", "-o", "%T", check=False), "a node", 30)

    def begin(self, *command: str) -> None:
        log = (self.folder / f"{command[0]}.out").open("wb")
        with log:
            self.daemons.append(
                subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
            )

    def stop(self) -> None:
        with contextlib.suppress(subprocess.SubprocessError, OSError):
            self.call("scancel", "--full", "--user=root", check=False)
            wait_until(lambda: not self.jobs(), "the end of jobs", seconds=10)
        for daemon in reversed(self.daemons):
            daemon.send_signal(signal.SIGTERM)
        for daemon in reversed(self.daemons):
            with contextlib.suppress(subprocess.TimeoutExpired):
                daemon.wait(timeout=10)
            daemon.kill()
            daemon.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, *command: str, check: bool = True) -> str:
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=30, check=False
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{command}: {done.stderr}")
        return done.stdout

    def jobs(self) -> dict[str, str]:
        """{"12_3": "RUNNING"} of what is queued or running."""
        lines = self.call("squeue", "-h", "-r", "-o", "%i %T", check=False).splitlines()
        return dict(line.split() for line in lines)
