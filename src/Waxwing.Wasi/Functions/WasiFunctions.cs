namespace Waxwing.Wasi.Functions;

/// <summary>The 46 functions of preview 1: the one place that lists them.</summary>
internal static class WasiFunctions
{
    /// <summary>The import module names: preview 1, and the snapshot before it.</summary>
    public const string Preview1 = "wasi_snapshot_preview1", Unstable = "wasi_unstable";

    public static WasiFunction[] All { get; } =
    [
        new("args_get", "argv argv_buf", static (p, in c) => p.ArgsGet(c)),
        new("args_sizes_get", "argc argv_buf_size", static (p, in c) => p.ArgsSizesGet(c)),
        new("environ_get", "environ environ_buf", static (p, in c) => p.EnvironGet(c)),
        new("environ_sizes_get", "environc environ_buf_size", static (p, in c) => p.EnvironSizesGet(c)),
        new("clock_res_get", "id resolution", static (p, in c) => p.ClockResGet(c)),
        new("clock_time_get", "id precision:64 time", static (p, in c) => p.ClockTimeGet(c)),
        new("fd_advise", "fd offset:64 len:64 advice", static (p, in c) => p.FdAdvise(c)),
        new("fd_allocate", "fd offset:64 len:64", static (p, in c) => p.FdAllocate(c)),
        new("fd_close", "fd", static (p, in c) => p.FdClose(c)),
        new("fd_datasync", "fd", static (p, in c) => p.FdDatasync(c)),
        new("fd_fdstat_get", "fd stat", static (p, in c) => p.FdFdstatGet(c)),
        new("fd_fdstat_set_flags", "fd flags", static (p, in c) => p.FdFdstatSetFlags(c)),
        new("fd_fdstat_set_rights", "fd fs_rights_base:64 fs_rights_inheriting:64", static (p, in c) => p.FdFdstatSetRights(c)),
        new("fd_filestat_get", "fd buf", static (p, in c) => p.FdFilestatGet(c)),
        new("fd_filestat_set_size", "fd size:64", static (p, in c) => p.FdFilestatSetSize(c)),
        new("fd_filestat_set_times", "fd atim:64 mtim:64 fst_flags", static (p, in c) => p.FdFilestatSetTimes(c)),
        new("fd_pread", "fd iovs iovs_len offset:64 nread", static (p, in c) => p.FdPread(c)),
        new("fd_prestat_get", "fd prestat", static (p, in c) => p.FdPrestatGet(c)),
        new("fd_prestat_dir_name", "fd path path_len", static (p, in c) => p.FdPrestatDirName(c)),
        new("fd_pwrite", "fd iovs iovs_len offset:64 nwritten", static (p, in c) => p.FdPwrite(c)),
        new("fd_read", "fd iovs iovs_len nread", static (p, in c) => p.FdRead(c)),
        new("fd_readdir", "fd buf buf_len cookie:64 bufused", static (p, in c) => p.FdReaddir(c)),
        new("fd_renumber", "fd to", static (p, in c) => p.FdRenumber(c)),
        new("fd_seek", "fd offset:64 whence newoffset", static (p, in c) => p.FdSeek(c)),
        new("fd_sync", "fd", static (p, in c) => p.FdSync(c)),
        new("fd_tell", "fd offset", static (p, in c) => p.FdTell(c)),
        new("fd_write", "fd iovs iovs_len nwritten", static (p, in c) => p.FdWrite(c)),
        new("path_create_directory", "fd path path_len", static (p, in c) => p.PathCreateDirectory(c)),
        new("path_filestat_get", "fd flags path path_len buf", static (p, in c) => p.PathFilestatGet(c)),
        new("path_filestat_set_times", "fd flags path path_len atim:64 mtim:64 fst_flags", static (p, in c) => p.PathFilestatSetTimes(c)),
        new("path_link", "old_fd old_flags old_path old_path_len new_fd new_path new_path_len", static (p, in c) => p.PathLink(c)),
        new("path_open", "fd dirflags path path_len oflags fs_rights_base:64 fs_rights_inheriting:64 fdflags opened_fd", static (p, in c) => p.PathOpen(c)),
        new("path_readlink", "fd path path_len buf buf_len bufused", static (p, in c) => p.PathReadlink(c)),
        new("path_remove_directory", "fd path path_len", static (p, in c) => p.PathRemoveDirectory(c)),
        new("path_rename", "fd old_path old_path_len new_fd new_path new_path_len", static (p, in c) => p.PathRename(c)),
        new("path_symlink", "old_path old_path_len fd new_path new_path_len", static (p, in c) => p.PathSymlink(c)),
        new("path_unlink_file", "fd path path_len", static (p, in c) => p.PathUnlinkFile(c)),
        new("poll_oneoff", "in out nsubscriptions nevents", static (p, in c) => p.PollOneoff(c)),
        new("proc_exit", "rval", static (p, in c) => p.ProcExit(c), hasResult: false),
        new("proc_raise", "sig", static (p, in c) => p.ProcRaise(c)),
        new("sched_yield", "", static (p, in c) => p.SchedYield(c)),
        new("random_get", "buf buf_len", static (p, in c) => p.RandomGet(c)),
        new("sock_accept", "fd flags opened_fd", static (p, in c) => p.SockAccept(c)),
        new("sock_recv", "fd ri_data ri_data_len ri_flags ro_datalen ro_flags", static (p, in c) => p.SockRecv(c)),
        new("sock_send", "fd si_data si_data_len si_flags so_datalen", static (p, in c) => p.SockSend(c)),
        new("sock_shutdown", "fd how", static (p, in c) => p.SockShutdown(c)),
    ];
}
