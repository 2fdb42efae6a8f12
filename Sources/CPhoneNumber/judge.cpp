#include "qunfa_phone_number.h"
