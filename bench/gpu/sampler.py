"""What looking at a resting GPU costs: its own power by the driver's energy counter, and the CPU time of whoever looks.

    python3 bench/gpu/sampler.py FIELDS [seconds a phase]

FIELDS are those of agent/probes/gpu-line.ts, joined by commas. Phases take turns, twice: nobody looks; one nvidia-smi that goes on and prints every five
seconds, as the agent's; a new nvidia-smi every five seconds. The counter is read before and after a phase only. Needs pynvml and one NVIDIA GPU at rest.
"""

import json
import resource
import subprocess
import sys
import time

FIELDS, SECONDS = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 30
WORDS = ["nvidia-smi", "--query-gpu=" + FIELDS, "--format=csv,noheader,nounits"]


def energy():
    import pynvml

    pynvml.nvmlInit()
    handle = pynvml.nvmlDeviceGetHandleByIndex(0)
    joules = pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1_000
    said = {
        "persistence": pynvml.nvmlDeviceGetPersistenceMode(handle),
        "watts": pynvml.nvmlDeviceGetPowerUsage(handle) / 1_000,
        "megahertz": pynvml.nvmlDeviceGetClockInfo(handle, pynvml.NVML_CLOCK_SM),
    }
    pynvml.nvmlShutdown()
    return joules, said


def nobody():
    time.sleep(SECONDS)


def one_that_goes_on():
    child = subprocess.Popen(WORDS + ["-lms", "5000"], stdout=subprocess.DEVNULL)
    time.sleep(SECONDS)
    child.kill()
    child.wait()


def one_each_time():
    for _ in range(SECONDS // 5):
        subprocess.run(WORDS, stdout=subprocess.DEVNULL, check=True)
        time.sleep(5)


# The first look loads what is needed once.
energy()
time.sleep(10)
for turn in range(2):
    for phase in (nobody, one_that_goes_on, one_each_time):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        joules, _ = energy()
        began = time.monotonic()
        phase()
        after_joules, at_the_end = energy()
        seconds = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        watts = (after_joules - joules) / seconds
        print(json.dumps({"turn": turn, "phase": phase.__name__, "watts": round(watts, 2), "cpuSecondsPerHour": round(cpu / seconds * 3_600, 2), **at_the_end}), flush=True)
