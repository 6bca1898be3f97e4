# SPDX-License-Identifier: MIT
"""How a process, a thread and a sub-interpreter end while C++ goes on: never by a signal, never not at
all, and in the same way natively and through ctypes."""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import sysconfig
import unittest

import child
from binding import IS_CPYTHON, SHIM, BindingTest, clib, only_where

ENDING_LIBRARY = os.environ["ENDING_LIBRARY"]
EMBEDDING = os.environ["EMBEDDING_PROGRAM"]
EXITS = int(os.environ.get("CLIB_EXITS", "6"))
IS_NATIVE = os.environ.get("CLIB_NATIVE", "1") != "0" and IS_CPYTHON
PRELUDE = f"""
import os, sys, threading, time
sys.path.insert(0, {str(SHIM)!r})
import clib
"""
LIBRARY = f"E = clib.load({ENDING_LIBRARY!r})\n"

# Another copy of the package, as another package brings it.
COPIES = f"""
import importlib.util, warnings
warnings.simplefilter("ignore")  # all but the first are not native
def copy(name):
    spec = importlib.util.spec_from_file_location(
        name, {str(SHIM / "clib" / "__init__.py")!r},
        submodule_search_locations=[{str(SHIM / "clib")!r}])
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
"""

# A sub-interpreter: run(script) runs one in it, end() ends it.
SUB_INTERPRETER = """
try:
    import _interpreters as interpreters
    sub = interpreters.create(KIND)
except ImportError:
    import _xxsubinterpreters as interpreters
    sub = interpreters.create(isolated=KIND == "isolated")
def run(script):
    failed = interpreters.run_string(sub, PRELUDE + script)
    if failed is not None:
        print(failed.formatted)
def end():
    interpreters.destroy(sub)
"""
HAS_INTERPRETERS = IS_CPYTHON and sys.version_info < (3, 14)


class EndingTest(BindingTest):
    def run_script(self, script, prelude=PRELUDE + LIBRARY):
        """What a script printed in a Python that ended well, and silently."""
        ended = child.run(prelude + script)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""), ended.stdout)
        return ended.stdout

    def run_with_interpreter(self, script, kind="legacy"):
        prelude = f"PRELUDE = {PRELUDE + LIBRARY!r}\nKIND = {kind!r}\n"
        return self.run_script(prelude + SUB_INTERPRETER + script, PRELUDE)


# What goes on in other threads, each until the process ends.
THREADS = {
    "kept": "keep = E.Ticker(lambda i: None, 0, 2)",
    "kept and slow": "keep = E.Ticker(lambda i: time.sleep(0.003), 100, 2)",
    "kept and failing": "keep = E.Ticker(lambda i: 1 // 0, 1000); sys.unraisablehook = id",
    "kept and closed": """
def work():
    while True:
        E.Ticker(lambda i: time.sleep(0.001), 0, 2).close()
threading.Thread(target=work, daemon=True).start()
""",
    "blocking": """
def work():
    while True:
        E.sleep(500)
for _ in range(3): threading.Thread(target=work, daemon=True).start()
""",
    "blocking and calling": """
def work():
    while True:
        E.serve(lambda i: time.sleep(0.001), 100)
for _ in range(3): threading.Thread(target=work, daemon=True).start()
""",
    "waiting for an object": """
door = E.Door()
def work():
    while True:
        door.hold(lambda i: time.sleep(0.001))
def other():
    while True:
        door.pass_through()
for each in work, work, other: threading.Thread(target=each, daemon=True).start()
""",
    "making objects": """
def work():
    while True:
        keep = [E.Door() for _ in range(20)]
        keep[0].hold(lambda i: keep[1].pass_through())
for _ in range(3): threading.Thread(target=work, daemon=True).start()
""",
}
if not IS_CPYTHON:  # which prints the exception all the same
    del THREADS["kept and failing"]
# What Python destroys last lets go of its lock meanwhile, so that the others run into the end.
RANDOM_END = """
class Slow:
    def __del__(self, sleep=time.sleep, seconds={seconds}):
        sleep(seconds)
slow = Slow()
E.say_at_exit(lambda: print("too late"))
time.sleep({seconds})
"""


class Exit(EndingTest):
    def test_at_any_point(self):
        """Whatever other threads are doing, in Python, in C++, or on the way between both."""
        def ended(number):
            name = list(THREADS)[number % len(THREADS)]
            seconds = number * 7919 % 101 / 1000
            run = child.run(PRELUDE + LIBRARY + THREADS[name] + RANDOM_END.format(seconds=seconds))
            return name, seconds, run.returncode, run.stderr

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for each in pool.map(ended, range(max(EXITS, len(THREADS)))):
                self.assertEqual(each[2:], (0, ""), each[:2])

    def test_in_a_callback_that_takes_long(self):
        self.assertEqual(self.run_script("""
def slow(i):
    time.sleep(0.3)
    print("done", flush=True)
keep = E.Ticker(slow, 200_000)
time.sleep(0.1)
"""), "done\n")

    def test_a_program_calls_back_in_its_own_exit_handlers(self):
        self.assertEqual(self.run_script("""
import atexit
keep = []
door = E.Door()
@atexit.register
def handler():
    ticker = E.Ticker(keep.append and (lambda i: keep.append(i)), 100)
    while not keep: time.sleep(0.001)
    ticker.stop()
    print(door.hold(lambda i: i + 1), E.in_threads(lambda i: i, 0))
"""), "2 0\n")

    def test_two_copies_of_the_package(self):
        self.assertEqual(self.run_script(COPIES + f"""
one, two = [copy(name).load({ENDING_LIBRARY!r}) for name in ("one", "two")]
one.say_at_exit(lambda: print("too late"))
two.say_at_exit(lambda: print("too late"))
keep = one.Ticker(lambda i: None, 0), two.Ticker(lambda i: None, 0)
print(one.__native__, two.__native__, two.__why_not_native__)
""", PRELUDE), "True False another copy of the package clib in this process has set the library up; let "
            "all import the same copy\n" if IS_NATIVE else
            "False False it was not asked for\n")

    def test_a_package_that_is_imported_again(self):
        self.run_script(f"""
import importlib, warnings
warnings.simplefilter("ignore")
E.say_at_exit(lambda: print("too late"))
importlib.reload(clib)
for name in [each for each in sys.modules if each.split(".")[0] == "clib"]:
    del sys.modules[name]
import clib
again = clib.load({ENDING_LIBRARY!r})
again.say_at_exit(lambda: print("too late"))
""")


class Locks(EndingTest):
    """Functions that do not say that they may block, and wait for threads that call back."""

    def test_threads_that_call_back_are_refused(self):
        printed = self.run_script("""
try:
    print(E.in_threads(lambda i: i, 4))
except RuntimeError as error:
    print(error)
""")
        self.assertEqual(printed, "in_threads: function cannot be called by this thread: "
                                  "ending_in_threads() keeps the interpreter's lock; list that function "
                                  "with may_block()\n" if IS_CPYTHON else "6\n")

    def test_what_ends_a_thread_waits_for_its_callback(self):
        self.run_script("""
for i in range(20):
    called = []
    ticker = E.Ticker(lambda i: called.append(i), 0, 2)
    while not called:
        time.sleep(0.0001)
    if i % 2:
        ticker.stop()
        assert ticker.failures == 0, ticker.failures
    del ticker
""")


# The wait for a door that another thread holds, until Ctrl-C ends it.
INTERRUPTED = """
import signal
door, is_held, may_end = E.Door(), threading.Event(), threading.Event()
thread = threading.Thread(target=lambda: door.hold(lambda i: (is_held.set(), may_end.wait(), 0)[-1]))
thread.start()
is_held.wait()
threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    door.pass_through()
except KeyboardInterrupt:
    print("interrupted")
threading.Timer(0.1, may_end.set).start()
print(door.pass_through())
thread.join()
"""


@only_where(sys.platform.startswith("linux") and IS_CPYTHON, "elsewhere such a wait just lasts")
class Waits(EndingTest):
    def test_ctrl_c_ends_the_wait_for_an_object(self):
        self.assertEqual(self.run_script(INTERRUPTED), "interrupted\n1\n")


@only_where(HAS_INTERPRETERS, "only CPython has sub-interpreters")
class SubInterpreters(EndingTest):
    @only_where("tsan" not in os.environ.get("LD_PRELOAD", ""),
                "under TSan the process does not end after a thread of C++ has called into it")
    def test_callables(self):
        self.assertEqual(self.run_with_interpreter("""
run('''
door, called = E.Door(), []
ticker = E.Ticker(lambda i: called.append(i), 1000)
while not called: E.sleep(1000)
ticker.stop()
print(door.hold(lambda i: i + 4), E.in_threads(lambda i: i, 0), E.__native__, flush=True)
ticker = None
''')
"""), "5 0 False\n")

    def test_one_that_has_ended_is_not_called(self):
        self.assertEqual(self.run_with_interpreter("""
run('E.say_at_exit(lambda: print("too late"))')
end()
E = clib.load(%r)
E.say_at_exit(lambda: print("too late"))
print(E.__native__, E.Door().hold(lambda i: i))
""" % ENDING_LIBRARY), f"{IS_NATIVE} 1\n")

    def test_the_main_one_is_native_whoever_comes_first(self):
        self.assertEqual(self.run_with_interpreter("""
run('door = E.Door(); print(E.__native__, E.__why_not_native__, flush=True)')
E = clib.load(%r)
print(E.__native__, E.Door().hold(lambda i: i), flush=True)
run('print(door.pass_through(), flush=True)')
""" % ENDING_LIBRARY), ("False this is a sub-interpreter, and only the main interpreter of a process has "
                        "native functions\n" if IS_NATIVE else "False it was not asked for\n") +
            f"{IS_NATIVE} 1\n1\n")

    @only_where(sys.version_info >= (3, 13), "before, an isolated one cannot have ctypes")
    def test_an_isolated_one_can_pass_no_callable(self):
        self.assertEqual(self.run_with_interpreter("""
run('''
door = E.Door()
print(door.pass_through(), flush=True)
for call in (lambda: door.hold(lambda i: i), lambda: E.Ticker(lambda i: None, 1000)):
    try:
        call()
    except RuntimeError as error:
        print(error, flush=True)
''')
""", "isolated"), "1\n" + 2 * ("an isolated sub-interpreter can pass no callable to C++; use one that "
                               "shares the lock of the main interpreter\n"))


def python_library():
    """The shared library of this Python, or None if it has none, or only one life."""
    folder, name = sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME")
    library = pathlib.Path(folder or "", name or "")
    if sys.version_info[:2] == (3, 12):  # its second life ends in free() as soon as it imports ctypes
        return None
    return library if IS_CPYTHON and name and ".so" in name and library.is_file() else None


class Embedding(EndingTest):
    @only_where(python_library() is not None, "this Python cannot be embedded")
    def test_each_life_of_an_embedded_python_is_native(self):
        script = PRELUDE + LIBRARY + """
import builtins
builtins.keep = E.Door(), E.Ticker(lambda i: None, 100)  # until the very end
E.say_at_exit(lambda: print("too late"))
print(E.__native__, keep[0].hold(lambda i: i), E.Door().pass_through(), clib.live(), flush=True)
"""
        ended = subprocess.run([EMBEDDING, str(python_library()), "3", script], text=True, timeout=100,
                               env={**os.environ, "PYTHONHOME": sys.base_prefix},
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        lives = ended.stdout.splitlines()
        self.assertEqual([each.split("{")[0] for each in lives], 3 * [f"{IS_NATIVE} 1 1 "])


if __name__ == "__main__":
    unittest.main()
