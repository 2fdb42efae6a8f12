// Digests only: MD5 for the gateways' signatures, SHA-256 and HMAC for identity.
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
