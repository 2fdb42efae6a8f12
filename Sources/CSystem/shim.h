#include <sys/types.h>
// Declared by glibc only to programs that ask for its extensions, which Swift's Glibc module does not.
extern int fallocate(int descriptor, int mode, off_t offset, off_t count);
// Of <malloc.h>, which Swift's Glibc module leaves out.
extern int mallopt(int option, int value);
enum { qunfa_mmap_threshold = -3 };
