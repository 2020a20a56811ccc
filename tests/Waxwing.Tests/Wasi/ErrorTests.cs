using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Waxwing.Wasi;

namespace Waxwing.Tests.Wasi;

/// <summary>Every error number that the implementation can give is met by a C program.</summary>
public sealed partial class ErrorTests : IDisposable
{
    /// <summary>What no program can meet by itself, and why; it must come through when a host gives it.</summary>
    private static readonly Dictionary<WasiErrno, string> Injected = new()
    {
        [WasiErrno.Intr] = "the guest that would see it is ended",
        [WasiErrno.Canceled] = "as above, for sockets",
        [WasiErrno.Nfile] = "the machine's tables are full",
        [WasiErrno.Nobufs] = "the machine's memory for networks is full",
        [WasiErrno.Netdown] = "the machine's network",
        [WasiErrno.Netunreach] = "the machine's network",
        [WasiErrno.Netreset] = "the machine's network",
        [WasiErrno.Hostunreach] = "the machine's network",
        [WasiErrno.Connaborted] = "the machine's network",
        [WasiErrno.Timedout] = "the machine's network",
        [WasiErrno.TooBig] = "only in the list of the kernel's numbers",
        [WasiErrno.Range] = "only in the list of the kernel's numbers",
    };

    private readonly MemoryStream output = new();
    private readonly HashSet<WasiErrno> met = [];
    private readonly List<IDisposable> opened = [];

    public void Dispose() => opened.ForEach(each => each.Dispose());

    private T Keep<T>(T disposable) where T : IDisposable
    {
        opened.Add(disposable);
        return disposable;
    }

    [Fact]
    public void A_program_meets_what_a_world_made_for_it_has()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "expects what Linux answers");
        Run("errors", Found());
    }

    [Fact]
    public void What_hosts_fail_with_comes_through()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "expects what Linux answers");
        Run("errors", Given());
        Assert.Equal(Enum.GetValues<WasiErrno>().Order(), met.Append(WasiErrno.Success).Order());
    }

    [Fact]
    public void Every_error_number_in_the_source_is_met_by_a_program()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "expects what Linux answers");
        Run("errors", Found());
        Run("functions", Functions());
        var unmet = InSource().Except(met).Order().ToList();
        Assert.Equal(Injected.Keys.Order(), unmet);
        met.Clear();
        Run("errors", Given());
        Assert.All(unmet, error => Assert.Contains(error, met));
    }

    /// <summary>All that the code names, but for the table of the kernel's numbers: those a program meets as the kernel has them.</summary>
    private static HashSet<WasiErrno> InSource() =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf("src", "Waxwing.Wasi"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && !file.EndsWith("WasiErrno.cs", StringComparison.Ordinal))
            .SelectMany(file => ErrorName().Matches(File.ReadAllText(file))).Select(match => Enum.Parse<WasiErrno>(match.Groups[1].Value)).Where(error => error != WasiErrno.Success),
    ];

    [GeneratedRegex(@"WasiErrno\.([A-Z][A-Za-z]+)\b(?!\()")]
    private static partial Regex ErrorName();

    private void Run(string program, WasiOptions options)
    {
        using var runtime = new WasmRuntime(new() { HostTrace = new(Note) });
        using var process = runtime.AddWasi(options with { Args = [program, .. options.Args], Stdout = output });
        using var instance = runtime.Instantiate(WasmModule.Load(Repository.PathOf("tests", "Waxwing.Tests", "Wasi", "programs", program + ".wasm")));
        var code = instance.Run(TestContext.Current.CancellationToken);
        Assert.Equal("done\n", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal(0, code);
        output.SetLength(0);
    }

    private void Note(WasmHostCall call)
    {
        if (call.Result is { } result && (result == "2big" ? WasiErrno.TooBig : Enum.TryParse<WasiErrno>(result, ignoreCase: true, out var error) ? error : 0) is not WasiErrno.Success and var known)
            met.Add(known);
    }

    private WasiOptions Given()
    {
        WasiOptions options = new() { Args = ["given"] };
        for (var i = 0; i < 3; i++)
            options = options.AddDirectory(new MemoryFileSystem().Root, $"/{i}");
        return options.AddDirectory(new FailingDirectory(), "/failing");
    }

    private WasiOptions Functions()
    {
        var listener = Keep(new TcpListener(IPAddress.Loopback, 0));
        listener.Start();
        var client = Keep(new TcpClient());
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        client.GetStream().Write("ping"u8);
        var root = new MemoryFileSystem().Root;
        return new WasiOptions { Args = ["x"], MaximumOpenFiles = 16, MaximumBytesWritten = 100_000 }
            .AddEnvironment("A", "b").AddDirectory(root, "/").AddDirectory(root, "/ro", readOnly: true).AddListener(listener.Server);
    }

    private WasiOptions Found()
    {
        var content = new MemoryStream();
        using (var archive = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, length) in ((string, int)[])[("long", 1000), ("longer", 3000)])
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(new byte[length]);
            }
        }
        content.Position = 0;
        var zip = Keep(ZipFileSystem.Open(content, leaveOpen: false, new() { MaximumFileBytes = 2000, MaximumOpenBytes = 500 }));
        return new WasiOptions { Args = ["found"], Stdin = new FailingStream(), TimeProvider = new FarFuture() }
            .AddDirectory(new MemoryFileSystem(new() { MaximumBytes = 1000 }).Root, "/memory").AddDirectory(new MemoryFileSystem().Root, "/other").AddDirectory(zip.Root, "/zip")
            .AddDirectory(new FailingDirectory(), "/failing").AddConnection(ResetConnection()).AddConnection(Datagrams(isReceived: false)).AddConnection(Datagrams(isReceived: true));
    }

    private Socket ResetConnection()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var connection = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        connection.Connect(listener.LocalEndPoint!);
        using var other = listener.Accept();
        // Nothing is left in the air: closing is a reset.
        other.LingerState = new(true, 0);
        return connection;
    }

    private Socket Datagrams(bool isReceived)
    {
        var receiver = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var socket = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Connect(receiver.LocalEndPoint!);
        if (!isReceived)
            receiver.Dispose();
        return socket;
    }

    /// <summary>Opening fails as the name says.</summary>
    private sealed class FailingDirectory : WasiDirectory
    {
        public override WasiErrno Open(string name, WasiOpenMode mode, out WasiNode? node)
        {
            node = null;
            var (family, what) = name.Split('-') is [var before, var after] ? (before, after) : ("", name);
            return family switch
            {
                "errno" => (WasiErrno)int.Parse(what),
                "linux" => throw new IOException("as the kernel says", int.Parse(what)),
                "socket" => throw new SocketException(int.Parse(what)),
                _ => throw (what switch
                {
                    "access" => new UnauthorizedAccessException(),
                    "file" => new FileNotFoundException(),
                    "directory" => new DirectoryNotFoundException(),
                    "path" => new PathTooLongException(),
                    "end" => new EndOfStreamException(),
                    "disposed" => new ObjectDisposedException("it"),
                    "support" => new NotSupportedException(),
                    "memory" => new OutOfMemoryException(),
                    "io" => new IOException(),
                    "exists" => new IOException("there is one", unchecked((int)0x80070050)),
                    "empty" => new IOException("something in it", unchecked((int)0x80070091)),
                    "full" => new IOException("no room", unchecked((int)0x80070070)),
                    "sharing" => new IOException("in use", unchecked((int)0x80070020)),
                    _ => (Exception)new InvalidOperationException(name),
                }),
            };
        }

        public override WasiErrno GetStat(out WasiFileStat stat)
        {
            stat = new(WasiFileType.Directory, 0);
            return WasiErrno.Success;
        }

        public override WasiErrno OpenDirectory(string name, out WasiDirectory? directory)
        {
            directory = null;
            return WasiErrno.Noent;
        }

        public override WasiErrno GetStat(string name, out WasiFileStat stat)
        {
            stat = default;
            return WasiErrno.Noent;
        }

        public override WasiErrno ReadEntry(ulong cookie, out WasiDirectoryEntry? entry)
        {
            entry = null;
            return WasiErrno.Success;
        }
    }

    private sealed class FarFuture : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2600, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    private sealed class FailingStream : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw new IOException("out of cheese");
    }
}
