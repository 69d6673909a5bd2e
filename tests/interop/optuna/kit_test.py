"""Optuna's own storage kit against the server at ASSAY_OPTUNA_PORT."""

import os

import optuna
import pytest
from optuna.testing.pytest_storages import StorageTestCase


class TestAssay(StorageTestCase):
    @pytest.fixture
    def storage(self):
        storage = optuna.storages.GrpcStorageProxy(host="127.0.0.1", port=int(os.environ["ASSAY_OPTUNA_PORT"]))
        # A test expects to find exactly the studies that it made.
        for study in storage.get_all_studies():
            storage.delete_study(study._study_id)
        yield storage
        storage.close()
