// An add-on that is loaded before TensorFlow and sets the environment variables that TensorFlow reads while it loads and when it makes
// its first session. JavaScript cannot do this: a worker thread of Node has a copy of the environment that native code does not see.
// Variables that the user has set are kept.
#include <cstdlib>

#include <node_api.h>

NAPI_MODULE_INIT() {
  // One thread per trial, the caller's: several trials share the machine.
  setenv("TF_NUM_INTRAOP_THREADS", "1", 0);
  setenv("TF_NUM_INTEROP_THREADS", "-1", 0);
  // Several processes share a GPU; by default the first would take all its memory.
  setenv("TF_FORCE_GPU_ALLOW_GROWTH", "true", 0);
  setenv("TF_CPP_MIN_LOG_LEVEL", "2", 0);
  return exports;
}
