// An add-on of its own, loaded before TensorFlow's, which sets what TensorFlow reads from the environment while it is loaded and when
// it makes its first session. In JavaScript this cannot be done: a worker thread of Node has a copy of the environment that native
// code does not see. What the user has set stays.
#include <cstdlib>

#include <node_api.h>

NAPI_MODULE_INIT() {
  // One thread per trial, and it is the caller's: several trials share the machine by running side by side.
  setenv("TF_NUM_INTRAOP_THREADS", "1", 0);
  setenv("TF_NUM_INTEROP_THREADS", "-1", 0);
  // Several processes share a GPU; by default the first would take all its memory.
  setenv("TF_FORCE_GPU_ALLOW_GROWTH", "true", 0);
  setenv("TF_CPP_MIN_LOG_LEVEL", "2", 0);
  return exports;
}
