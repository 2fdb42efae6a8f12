#include <sys/types.h>
// Declared by glibc only to programs that ask for its extensions, which Swift's Glibc module does not.
extern int fallocate(int descriptor, int mode, off_t offset, off_t count);
extern int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags);
