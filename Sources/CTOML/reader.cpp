#include "qunfa_toml.h"
