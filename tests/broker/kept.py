"""Clients of Kafka that live as long as their process.

The library may wait for ever to free a client whose broker was killed before. Nothing is lost by not freeing it: a
part of the tests is a process, which ends without looking back (main.py).
"""

import confluent_kafka
import confluent_kafka.admin

_living = []


def _kept(kind):
    class Kept(kind):
        def __init__(self, *arguments, **settings):
            super().__init__(*arguments, **settings)
            _living.append(self)
    return Kept


Consumer = _kept(confluent_kafka.Consumer)
Producer = _kept(confluent_kafka.Producer)
AdminClient = _kept(confluent_kafka.admin.AdminClient)
