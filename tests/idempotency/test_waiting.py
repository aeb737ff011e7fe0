"""Waiting takes few threads, whatever is waited for."""

from threading import Barrier, Thread

from governance.idempotency.waiting import place_to_wait


def test_places_are_those_of_the_process() -> None:
    ready, done = Barrier(3), Barrier(3)

    def wait() -> None:
        with place_to_wait(2) as granted:
            assert granted
            ready.wait()
            done.wait()

    threads = [Thread(target=wait) for _ in range(2)]
    for thread in threads:
        thread.start()
    ready.wait()
    try:
        with place_to_wait(2) as granted:
            assert not granted
    finally:
        done.wait()
        for thread in threads:
            thread.join()
    with place_to_wait(1) as granted:
        assert granted
