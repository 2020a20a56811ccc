using System.Diagnostics.CodeAnalysis;
using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Clocks;
using Waxwing.Wasi.Descriptors;
using Waxwing.Wasi.FileSystem;
using Waxwing.Wasi.FileSystem.Linux;
using Waxwing.Wasi.Functions;
using Waxwing.Wasi.Tracing;

namespace Waxwing.Wasi;

/// <summary>
/// What WASI is to the guests that share it: arguments, environment, open files, clocks. Made by <see cref="WasiRuntimeExtensions.AddWasi"/>. Thread-safe. If it is not disposed, files the guest left
/// open are closed when the garbage collector finds them.
/// </summary>
public sealed partial class WasiProcess : IDisposable
{
    private readonly WasiStrings arguments;
    private readonly WasiStrings environment;
    private readonly WasiClocks clocks;
    private readonly WasiRandom random;
    private readonly DescriptorTable descriptors;
    private readonly ByteQuota written;

    internal WasiProcess(WasiOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumOpenFiles, 3);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaximumOpenFiles, 1_000_000);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaximumBytesWritten);
        written = new(options.MaximumBytesWritten);
        arguments = WasiStrings.FromArguments(options.Args);
        environment = WasiStrings.FromEnvironment(options.Environment);
        clocks = new(options.TimeProvider);
        random = new(options.RandomSource, options.RandomSeed);
        descriptors = new(options.MaximumOpenFiles);
        try
        {
            AddStandardStream(options.Stdin, 0, options);
            AddStandardStream(options.Stdout, 1, options);
            AddStandardStream(options.Stderr, 2, options);
            foreach (var grant in options.Grants)
                AddGrant(grant);
            foreach (var listener in options.Listeners)
                AddSocket(listener, isListener: true);
            foreach (var connection in options.Connections)
                AddSocket(connection, isListener: false);
        }
        catch
        {
            descriptors.CloseAll();
            throw;
        }
    }

    /// <summary>Closes everything that is open and flushes the standard streams. Guests still running get <see cref="WasiErrno.Badf"/> from then on.</summary>
    public void Dispose() => descriptors.CloseAll();

    /// <summary>Number of descriptors open now.</summary>
    internal DescriptorTable Descriptors => descriptors;

    /// <summary>Whether descriptors are given the name of what is opened, for traces.</summary>
    internal bool LabelsDescriptors { get; set; }

    /// <summary>The way from a guest's call to the function; no exception of input and output goes on to the guest's caller.</summary>
    internal void Call(WasiFunction function, WasmCaller caller, ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results, bool isUnstable, object? waited = null)
    {
        var error = TryGetMemory(caller, out var memory)
            ? Call(function, new WasiCall(GuestMemory.Of(memory), arguments, caller.CancellationToken, isUnstable) { Waited = waited })
            : Call(function, new WasiCall(default, arguments, caller.CancellationToken, isUnstable));
        if (function.HasResult)
            results[0] = (int)error;
        GC.KeepAlive(memory);
    }

    internal WasiErrno Call(WasiFunction function, in WasiCall call)
    {
        try
        {
            var error = function.Handler(this, call);
            if (LabelsDescriptors && error == WasiErrno.Success)
                TraceText.Label(function, call, descriptors);
            return error;
        }
        catch (GuestFaultException)
        {
            return WasiErrno.Fault;
        }
        catch (Exception exception) when (HostExceptions.TryMap(exception, out var error))
        {
            return error;
        }
    }

    internal static bool TryGetMemory(WasmCaller caller, [NotNullWhen(true)] out WasmMemory? memory)
    {
        // A guest without memory can still exit, yield and close.
        try
        {
            memory = caller.Memory;
            return true;
        }
        catch (InvalidOperationException)
        {
            memory = null;
            return false;
        }
    }

    private void AddStandardStream(Stream? stream, int number, WasiOptions options)
    {
        var isOutput = number != 0;
        WasiFile? file = null;
        if (stream is null && options.InheritsStandardStreams)
            file = LinuxPlatform.IsSupported ? LinuxFile.DuplicateHost(number, isOutput) : ConsoleStream(number);
        file ??= new StreamFile(stream ?? Stream.Null, WasiFileType.Unknown);
        if (isOutput && file.Type == WasiFileType.CharacterDevice && !options.AllowsTerminalControl)
            file = new TerminalFile(file);
        var rights = file.Type is WasiFileType.RegularFile or WasiFileType.BlockDevice ? WasiRights.RegularFile : WasiRights.Stream;
        rights &= ~(isOutput ? WasiRights.FdRead : WasiRights.NeedsWriting);
        descriptors.Add(new(file, rights, WasiRights.None) { Label = number switch { 0 => "stdin", 1 => "stdout", _ => "stderr" } }, out _);
    }

    private static StreamFile ConsoleStream(int number)
    {
        var (stream, isRedirected) = number switch
        {
            0 => (Console.OpenStandardInput(), Console.IsInputRedirected),
            1 => (Console.OpenStandardOutput(), Console.IsOutputRedirected),
            _ => (Console.OpenStandardError(), Console.IsErrorRedirected),
        };
        return new(stream, isRedirected ? WasiFileType.Unknown : WasiFileType.CharacterDevice);
    }

    private void AddGrant(WasiGrant grant)
    {
        var directory = grant.Directory ?? WasiDirectory.OpenHost(grant.HostPath!);
        var name = WasiStrings.Encode(grant.GuestPath, "A guest path");
        var error = descriptors.Add(
            new(directory, WasiRights.Directory, WasiRights.DirectoryInheriting) { IsReadOnly = grant.ReadOnly, PreopenName = name, Label = WasmCallFormat.Escape(grant.GuestPath), OwnsNode = grant.Directory is null }, out _);
        if (error != WasiErrno.Success)
            throw new ArgumentException($"More directories are granted than {nameof(WasiOptions.MaximumOpenFiles)} allows.");
    }

    /// <summary>The descriptor of a number, if it allows something.</summary>
    private WasiErrno Get(uint number, WasiRights needed, out Descriptor descriptor)
    {
        descriptor = descriptors.Find(number)!;
        return descriptor is null ? WasiErrno.Badf : descriptor.Allows(needed);
    }

    /// <summary>A descriptor that must be a file.</summary>
    private WasiErrno GetFile(uint number, WasiRights needed, out WasiFile file)
    {
        file = null!;
        if (descriptors.Find(number) is not { } descriptor)
            return WasiErrno.Badf;
        if (descriptor.Node is not WasiFile found)
            return WasiErrno.Isdir;
        file = found;
        var error = descriptor.Allows(needed);
        // Not open for reading or writing is what POSIX programs know as a bad descriptor; not seekable they ask about.
        return error != WasiErrno.Notcapable ? error
            : (needed & (WasiRights.FdRead | WasiRights.FdWrite)) != 0 ? WasiErrno.Badf
            : (needed & (WasiRights.FdSeek | WasiRights.FdTell)) != 0 && found.Type != WasiFileType.RegularFile ? WasiErrno.Spipe
            : error;
    }

    /// <summary>A descriptor that must be a directory.</summary>
    private WasiErrno GetDirectory(uint number, WasiRights needed, out WasiDirectory directory, out Descriptor descriptor)
    {
        directory = null!;
        descriptor = descriptors.Find(number)!;
        if (descriptor is null)
            return WasiErrno.Badf;
        if (descriptor.Node is not WasiDirectory found)
            return WasiErrno.Notdir;
        directory = found;
        return descriptor.Allows(needed);
    }
}
