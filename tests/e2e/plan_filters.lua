-- Which display filters each frame passes, all of them in one pass of tshark: a listener for each line
-- of $PLAN_FILTERS, which writes "frame line" to $PLAN_MATCHES.
local matches = io.open(os.getenv("PLAN_MATCHES"), "w")
local number = 0
for filter in io.lines(os.getenv("PLAN_FILTERS")) do
  local this = number
  local listener = Listener.new(nil, filter)
  function listener.packet(frame)
    matches:write(frame.number, " ", this, "\n")
  end
  function listener.draw()
    matches:flush()
  end
  number = number + 1
end
