using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Waxwing.Cli;

/// <summary>An address of TCP: <c>HOST:PORT</c>, the host a name, an IPv4 address, or an IPv6 address in brackets.</summary>
internal readonly record struct Endpoint(string Host, int Port)
{
    public static Endpoint Parse(string text, string option)
    {
        var colon = text.LastIndexOf(':');
        var host = colon > 0 ? text[..colon] : "";
        host = host is ['[', .. var inner, ']'] ? inner : host.Contains(':', StringComparison.Ordinal) ? "" : host;
        return host.Length > 0 && ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new(host, port)
            : throw new UsageException($"`{option} {text}` must have the form HOST:PORT, an IPv6 address in brackets");
    }

    /// <summary>Listens.</summary>
    /// <exception cref="IOException">The address is taken or not of this machine.</exception>
    public Socket Listen()
    {
        var name = Host;
        return Try("listen on", port =>
        {
            var address = IPAddress.TryParse(name, out var given) ? given : Dns.GetHostAddresses(name)[0];
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (!OperatingSystem.IsWindows())
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return socket;
        });
    }

    /// <summary>Connects.</summary>
    /// <exception cref="IOException">Nobody answers there.</exception>
    public Socket Connect()
    {
        var name = Host;
        return Try("connect to", port =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(name, port);
            return socket;
        });
    }

    private Socket Try(string what, Func<int, Socket> open)
    {
        try
        {
            return open(Port);
        }
        catch (SocketException problem)
        {
            throw new IOException($"cannot {what} {Host}:{Port}: {problem.Message}", problem);
        }
    }
}
