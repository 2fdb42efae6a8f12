#include <sys/prctl.h>
#include <sys/types.h>
// Declared by glibc only to programs that ask for its extensions, which Swift's Glibc module does not.
extern int fallocate(int descriptor, int mode, off_t offset, off_t count);
extern int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags);
// prctl takes any number of arguments, which Swift cannot call.
static inline int qunfa_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
// Of <malloc.h>, which Swift's Glibc module leaves out.
extern int mallopt(int option, int value);
enum { qunfa_mmap_threshold = -3 };
