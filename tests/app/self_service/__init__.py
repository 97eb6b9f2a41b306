"""Tests of app/self_service and of the job that decides."""
